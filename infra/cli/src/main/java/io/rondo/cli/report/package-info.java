/**
 * HTML reports: one self-contained file with charts as inline SVG, for light and dark mode. Builders belong to one
 * thread.
 */
package io.rondo.cli.report;
