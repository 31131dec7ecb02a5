package io.rondo.conformance.stage;

import io.rondo.log.JobSpec;
import io.rondo.log.RoundOpened;
import io.rondo.log.RoundPublished;
import io.rondo.schemas.sign.RoundStatement;
import io.rondo.schemas.sign.SigningKey;
import org.apache.avro.specific.SpecificRecord;

/** The keys of a job that takes signed records: those of its operator, its aggregator and the trainer under test. */
public record JobKeys(SigningKey operator, SigningKey aggregator, SigningKey trainer) {
    private static final int RULES = 3;

    static JobKeys generate() {
        return new JobKeys(SigningKey.generate(), SigningKey.generate(), SigningKey.generate());
    }

    void name(JobSpec.Builder spec) {
        spec.setRules(RULES)
                .setOperatorKey(operator.verifyingKey().toString())
                .setAggregatorKey(aggregator.verifyingKey().toString());
    }

    /** Signs what an aggregator signs; any other record is returned as it is. */
    SpecificRecord signed(SpecificRecord record) {
        if (record instanceof RoundOpened opened) {
            return aggregator.signed(opened, opened.getRound(), null);
        }
        return record instanceof RoundPublished published ? RoundStatement.signed(published, aggregator) : record;
    }
}
