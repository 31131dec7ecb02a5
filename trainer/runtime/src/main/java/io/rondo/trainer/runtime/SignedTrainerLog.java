package io.rondo.trainer.runtime;

import io.rondo.log.RoundPublished;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.runtime.upload.UpdateHeader;
import io.rondo.trainer.runtime.upload.UploadedUpdate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.avro.specific.SpecificRecord;

/** A log with signatures: signs outgoing records, and requires signatures on incoming ones. */
final class SignedTrainerLog implements TrainerLog {
    private final TrainerLog log;
    private final TrainerSigner signer;

    /** @param log signs manifests itself, with the same signer */
    SignedTrainerLog(TrainerLog log, TrainerSigner signer) {
        this.log = log;
        this.signer = signer;
    }

    @Override
    public FederatedJob job() {
        return log.job();
    }

    @Override
    public List<SpecificRecord> recentRounds(OptionalInt followed) {
        List<SpecificRecord> records = log.recentRounds(followed);
        records.forEach(signer::read);
        return records;
    }

    @Override
    public List<SpecificRecord> awaitRounds(Duration timeout) {
        List<SpecificRecord> records = log.awaitRounds(timeout);
        records.forEach(signer::read);
        return records;
    }

    @Override
    public Map<String, Tensor> adapter(RoundPublished published) {
        return log.adapter(published);
    }

    @Override
    public void announce(SpecificRecord announcement, Duration patience) {
        log.announce(signer.sign(announcement), patience);
    }

    @Override
    public UploadedUpdate upload(UpdateHeader header, FlatLayout layout, float[] values) {
        return log.upload(header, layout, values);
    }

    @Override
    public void close() {
        log.close();
    }
}
