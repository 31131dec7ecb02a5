/** The contract test of trainer plug-ins: a plug-in's own tests extend it, and it runs on the test's thread. */
package io.rondo.trainer.api.kit;
