/**
 * What a running aggregator or trainer tells over HTTP: metrics for Prometheus and whether it is alive and ready. {@link
 * io.rondo.web.HttpEndpoint} answers on threads of its own, from what others have noted before; a request never reads the log.
 */
package io.rondo.web;
