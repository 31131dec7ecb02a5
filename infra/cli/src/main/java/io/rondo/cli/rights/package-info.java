/** The rights that each role needs on a job's topics, for ACLs, plans and documents. No I/O. */
package io.rondo.cli.rights;
