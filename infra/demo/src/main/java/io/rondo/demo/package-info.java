/**
 * The demo: a real cluster, an aggregator and trainers as separate processes on one machine, from the start to a verified
 * log. {@link io.rondo.demo.Demo} is its table of contents. One thread runs it.
 */
package io.rondo.demo;
