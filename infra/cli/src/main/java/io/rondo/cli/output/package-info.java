/**
 * What the command line prints: results on standard output, as text or as one JSON object, and everything else on standard
 * error.
 */
package io.rondo.cli.output;
