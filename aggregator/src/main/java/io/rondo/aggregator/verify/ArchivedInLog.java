package io.rondo.aggregator.verify;

import io.rondo.aggregator.log.LoggedInputs;
import io.rondo.aggregator.round.Input;
import io.rondo.aggregator.round.InputTopic;
import io.rondo.aggregator.round.RulesVersion;
import io.rondo.log.JobStarted;
import io.rondo.log.RoundsArchived;
import io.rondo.schemas.sign.Signatures;
import io.rondo.schemas.sign.VerifyingKey;
import java.util.List;
import java.util.Optional;

/** The rounds that an operator has archived, according to {@code commands}. */
final class ArchivedInLog {
    private final List<RoundsArchived> records;

    private ArchivedInLog(List<RoundsArchived> records) {
        this.records = records;
    }

    static ArchivedInLog of(JobStarted job, LoggedInputs inputs) {
        return new ArchivedInLog(inputs.all(InputTopic.COMMANDS).stream()
                .filter(ArchivedInLog::is)
                .map(input -> (RoundsArchived) ((Input.Received) input).value())
                .filter(archived -> archived.getJobUuid().equals(job.getJobUuid()))
                .filter(archived -> !RulesVersion.askForSignatures(job.getSpec()) || isSigned(archived, job))
                .toList());
    }

    private static boolean isSigned(RoundsArchived archived, JobStarted job) {
        return Signatures.problem(
                        archived, List.of(VerifyingKey.parse(job.getSpec().getOperatorKey())))
                .isEmpty();
    }

    static boolean is(Input input) {
        return input instanceof Input.Received received && received.value() instanceof RoundsArchived;
    }

    /** The last record that names this round. */
    Optional<RoundsArchived> of(int round) {
        return records.stream()
                .filter(archived -> archived.getFromRound() <= round && round <= archived.getToRound())
                .reduce((earlier, later) -> later);
    }
}
