/**
 * The data of the demo's sites: made by the project itself, or read from a directory and dealt out by label (arXiv
 * 2410.01463, section 5). Everything is drawn from seeds, so that the same settings give the same files. Stateless.
 */
package io.rondo.samples;
