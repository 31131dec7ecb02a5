package io.rondo.conformance.scenario;

import static io.rondo.conformance.scenario.Scenario.must;
import static io.rondo.conformance.stage.Violation.unless;

import io.rondo.conformance.stage.NotApplicable;
import io.rondo.conformance.stage.ScriptedJob;
import io.rondo.conformance.stage.Stage;
import io.rondo.conformance.stage.Update;
import io.rondo.conformance.stage.Violation;
import io.rondo.log.Sha256;
import io.rondo.log.Signature;
import io.rondo.schemas.sign.CanonicalText;
import io.rondo.schemas.sign.Signatures;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** What a trainer signs, and whose word it takes, in a job that takes signed records only. */
final class Signing {
    private Signing() {}

    static List<Scenario> scenarios() {
        return List.of(
                must(
                        "signatures",
                        "8",
                        "where the job requires it each record is signed, numbered, and names the round that it answers",
                        Signing::signs),
                must(
                        "foreign-round",
                        "8",
                        "a RoundOpened that is not the aggregator's is not acted on",
                        Signing::asksForSignatures));
    }

    private static void signs(Stage stage) {
        ScriptedJob job = begun(stage);
        job.open(1);
        Update update = job.trainer().awaitUpdate(1);
        Sha256 first = CanonicalText.digest(job.opening(1));
        unless(
                first.equals(signature(update.manifest().record()).getOpened()),
                "the manifest does not name the RoundOpened that it answers");
        job.publish(1, update);
        job.trainer().awaitEvaluation(1);
        job.finish();
        job.trainer().awaitLeft();
        long last = -1;
        for (SpecificRecord record : job.trainer().sent(SpecificRecord.class)) {
            String name = record.getSchema().getName();
            Signatures.problem(record, List.of(job.keys().trainer().verifyingKey()))
                    .ifPresent(problem -> unless(false, "a %s is not signed as it has to be: %s", name, problem));
            long sequence = signature(record).getSequence();
            unless(sequence > last, "a %s has the number %d, after one of %d", name, sequence, last);
            unless(signature(record).getOpened() != null, "a %s names no RoundOpened, and there are some", name);
            last = sequence;
        }
    }

    private static Signature signature(SpecificRecord record) {
        return Signatures.of(record)
                .orElseThrow(() -> new Violation("a " + record.getSchema().getName() + " is not signed"));
    }

    private static void asksForSignatures(Stage stage) {
        ScriptedJob job = begun(stage);
        job.openByAnother(1);
        job.trainer().settle();
        Checks.nothingSent(job, 1, "which the aggregator has not opened");
    }

    /** A trainer that does not sign may say so, and keep away. */
    private static ScriptedJob begun(Stage stage) {
        ScriptedJob job = stage.signedJob();
        job.publish(0);
        job.trainer().start();
        if (!job.trainer().awaitJoinOrEnd()) {
            throw new NotApplicable("the trainer takes no part in jobs that take signed records only");
        }
        job.admit(job.trainer().awaitJoin());
        return job;
    }
}
