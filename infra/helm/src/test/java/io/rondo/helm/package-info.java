/** Validates the chart and the resources of Strimzi against the schemas of their APIs. */
package io.rondo.helm;
