package io.rondo.inspect.receipt;

import io.rondo.aggregator.log.JobLog;
import io.rondo.aggregator.log.LogEntry;
import io.rondo.aggregator.log.LoggedDecisions;
import io.rondo.aggregator.log.LoggedDecisions.Logged;
import io.rondo.log.CohortMember;
import io.rondo.log.RoundPublished;
import io.rondo.log.Sha256;
import io.rondo.log.UpdateRejected;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.Decoded;
import io.rondo.schemas.sign.RoundStatement;
import io.rondo.schemas.tensor.Digests;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Makes the receipt of one trainer's update from a job's log. */
public final class ReceiptSearch {
    private static final Sha256 NONE = new Sha256(new byte[32]);

    private final List<Published> published = new ArrayList<>();
    private final LoggedDecisions decisions;

    private record Published(RoundPublished record, Sha256 bodyDigest) {}

    private ReceiptSearch(JobLog log) {
        decisions = LoggedDecisions.read(log);
        String topic = log.topics().rounds().name();
        log.history().read(topic, 0, 0, entry -> add(log, topic, entry));
    }

    private void add(JobLog log, String topic, LogEntry entry) {
        if (log.codec().decode(topic, entry.value()) instanceof Decoded.Readable readable
                && readable.record() instanceof RoundPublished record) {
            published.add(new Published(record, entry.bodyDigest()));
        }
    }

    /**
     * @throws RondoException with {@link ErrorCode#NO_RECEIPT} when the log shows nothing, or nothing yet, that is signed
     */
    public static Receipt of(JobLog log, int round, String trainer) {
        return new ReceiptSearch(log).receipt(round, trainer);
    }

    private Receipt receipt(int round, String trainer) {
        for (Published one : published) {
            Optional<CohortMember> member = one.record.getRound() == round
                    ? one.record.getMembers().stream()
                            .filter(entry -> entry.getTrainer().equals(trainer))
                            .findFirst()
                    : Optional.empty();
            if (member.isPresent()) {
                return counted(one.record, trainer, member.get());
            }
        }
        Logged rejected = decisions.all().stream()
                .filter(logged -> logged.decision() instanceof UpdateRejected update
                        && update.getRound() == round
                        && update.getTrainer().equals(trainer))
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> none(
                        "the log has no update of trainer '" + trainer + "' for round " + round
                                + " that was refused, and no publication of the round that has one of it",
                        "`rondo round " + round + "` shows who sent what; a round has to be published first"));
        long sequence = rejected.header().getSequence();
        for (int i = 0; i < published.size(); i++) {
            RoundPublished covering = published.get(i).record;
            if (covering.getFirstSequence() <= sequence && sequence <= covering.getLastSequence()) {
                Sha256 previous = i == 0 ? NONE : published.get(i - 1).bodyDigest;
                return rejected(covering, trainer, (UpdateRejected) rejected.decision(), previous);
            }
        }
        throw none(
                "the update of trainer '" + trainer + "' for round " + round
                        + " was refused, and no publication since then vouches for it",
                "ask again when the next round is published");
    }

    private Receipt counted(RoundPublished of, String trainer, CohortMember member) {
        return new Receipt(
                Receipt.VERSION,
                trainer,
                of.getRound(),
                statement(of),
                HexFormat.of().formatHex(Bodies.of(member)),
                of.getMembers().stream()
                        .map(one -> Digests.hex(RoundStatement.digest(one)))
                        .toList(),
                null,
                null,
                null);
    }

    private Receipt rejected(RoundPublished covering, String trainer, UpdateRejected rejected, Sha256 previous) {
        List<List<String>> links = decisions.all().stream()
                .filter(logged -> logged.header().getSequence() >= covering.getFirstSequence()
                        && logged.header().getSequence() <= covering.getLastSequence())
                .map(logged -> List.of(source(logged), Digests.hex(logged.bodyDigest())))
                .toList();
        return new Receipt(
                Receipt.VERSION,
                trainer,
                rejected.getRound(),
                statement(covering),
                null,
                null,
                HexFormat.of().formatHex(Bodies.of(rejected)),
                Digests.hex(previous),
                links);
    }

    private static String source(Logged logged) {
        Sha256 digest = logged.header().getSource().getBodyDigest();
        return Digests.hex(digest == null ? NONE : digest);
    }

    private static Receipt.Statement statement(RoundPublished published) {
        return Receipt.Statement.of(published)
                .orElseThrow(() -> none(
                        "the aggregator has not signed round " + published.getRound() + " for receipts",
                        "receipts need a job with an aggregator-key: docs/explanation/security.md"));
    }

    private static RondoException none(String problem, String next) {
        return new RondoException(ErrorCode.NO_RECEIPT, problem, next);
    }
}
