/** The rights that each role needs on a job's topics, in one place: for ACLs, for plans and for their documents. No I/O. */
package io.rondo.cli.rights;
