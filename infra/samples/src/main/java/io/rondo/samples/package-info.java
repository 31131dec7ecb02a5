/**
 * The data of the demo's sites: generated, or read from a directory and split by label (arXiv 2410.01463, section 5).
 * Seeds determine all random choices, so that the same settings give the same files. Stateless.
 */
package io.rondo.samples;
