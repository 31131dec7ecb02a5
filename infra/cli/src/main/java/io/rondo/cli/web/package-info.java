/** What a module has to bring that serves the web page beside an aggregator. */
package io.rondo.cli.web;
