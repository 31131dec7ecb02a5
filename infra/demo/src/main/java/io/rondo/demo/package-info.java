/**
 * The demo: a real cluster, an aggregator and trainers as processes of their own, on one machine, from nothing to a verified
 * log. {@link io.rondo.demo.Demo} is its table of contents. One thread runs it.
 */
package io.rondo.demo;
