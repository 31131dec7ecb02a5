/**
 * Labelled text as TSV (in GLUE's form), CSV and JSON Lines, read strictly and with size limits. All
 * types are immutable or stateless and safe for any thread.
 */
package io.rondo.trainer.data;
