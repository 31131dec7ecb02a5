/**
 * Pages to look at: one HTML file that needs nothing else, readable in light and dark, with pictures as inline SVG. Builders
 * belong to one thread.
 */
package io.rondo.cli.report;
