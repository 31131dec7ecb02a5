/** The chart and the resources of Strimzi, held against the types of their APIs. */
package io.rondo.helm;
