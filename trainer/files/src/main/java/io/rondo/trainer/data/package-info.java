/**
 * Labelled text in the forms that people have it: GLUE's TSV, CSV and JSON Lines, read strictly and within bounds. All
 * types are immutable or stateless and safe for any thread.
 */
package io.rondo.trainer.data;
