/** The interface of a module that serves the web page beside an aggregator. */
package io.rondo.cli.web;
