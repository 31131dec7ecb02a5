/**
 * The web page: jobs, rounds, trainers and decisions in a browser, read from the log. {@code log} lists the logs, {@code index} indexes
 * one, {@code work} verifies and measures rounds on request, {@code http} serves requests. No part writes to a log.
 */
package io.rondo.page;
