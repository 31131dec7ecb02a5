package io.rondo.inspect.view;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One update that was sent for a round, and what became of it.
 *
 * @param trainer who sent it
 * @param attempt its attempt
 * @param verdict {@code accepted}, or the reason why it does not count
 * @param detail what was wrong, empty if nothing was
 * @param after seconds from the round's opening to its manifest, by the broker's clock
 * @param upload seconds from its first chunk to its manifest
 * @param bytes tensor bytes
 * @param examples examples that it was trained on
 * @param norm L2 norm of what it adds to the adapter that it started from
 * @param distance L2 distance from the round's adapter, relative to the length of that
 * @param digest digest of the update, hexadecimal
 */
record SentUpdate(
        String trainer,
        String attempt,
        String verdict,
        String detail,
        double after,
        OptionalDouble upload,
        OptionalLong bytes,
        OptionalLong examples,
        OptionalDouble norm,
        OptionalDouble distance,
        Optional<String> digest) {

    boolean isAccepted() {
        return verdict.equals(ACCEPTED);
    }

    static final String ACCEPTED = "accepted";
}
