package io.rondo.trainer.runtime.upload;

import io.rondo.log.UpdateManifest;

/**
 * An update that is in the log.
 *
 * @param manifest the record that committed it
 * @param bytes bytes of the values of all its records, manifest and envelopes included
 */
public record UploadedUpdate(UpdateManifest manifest, long bytes) {}
