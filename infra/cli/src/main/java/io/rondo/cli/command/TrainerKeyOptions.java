package io.rondo.cli.command;

import io.rondo.cli.job.JobKeys;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.sign.VerifyingKey;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A trainer of a job and one of its public keys. */
final class TrainerKeyOptions {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Mixin
    private JobOptions options;

    @Mixin
    private KeyOptions key;

    @Option(names = "--trainer", required = true, paramLabel = "ID", description = "The trainer's id.")
    private String trainer;

    @Option(
            names = "--public-key",
            required = true,
            paramLabel = "KEY",
            description = "The trainer's public key, as `rondo keys show` prints it.")
    private String publicKey;

    String job() {
        return options.job();
    }

    String trainer() {
        return Identifiers.requireTrainer(trainer);
    }

    VerifyingKey publicKey() {
        try {
            return VerifyingKey.parse(publicKey);
        } catch (IllegalArgumentException e) {
            throw new RondoException(
                    ErrorCode.BAD_KEY,
                    "--public-key is " + e.getMessage(),
                    "have the site print it: rondo keys show FILE",
                    e);
        }
    }

    JobKeys keys() {
        SigningKey operator = key.key()
                .orElseThrow(() -> new RondoException(
                        ErrorCode.KEY_MISMATCH, "no operator key was given", "give its file with --key"));
        return new JobKeys(options.connection(), options.job(), operator, PATIENCE);
    }
}
