/**
 * Metrics for Prometheus and health checks of a running aggregator or trainer, over HTTP. {@link
 * io.rondo.web.HttpEndpoint} answers on its own threads from values that other threads recorded; a request never reads the log.
 */
package io.rondo.web;
