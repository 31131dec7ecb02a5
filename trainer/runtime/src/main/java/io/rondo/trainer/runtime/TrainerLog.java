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

/** One trainer's access to its job's log. Used by one thread. */
interface TrainerLog extends AutoCloseable {

    FederatedJob job();

    /**
     * What a trainer that starts needs of {@code rounds} so far, in the order of the log: the last publication and all after it,
     * the publications that hold current values, and that of one round more. Other records may be left out.
     *
     * @param followed a round whose publication is needed too, if it is in the log
     */
    List<SpecificRecord> recentRounds(OptionalInt followed);

    /** The next records of {@code rounds}; empty when there are none within the time. */
    List<SpecificRecord> awaitRounds(Duration timeout);

    /** The tensors of a published adapter, verified. */
    Map<String, Tensor> adapter(RoundPublished published);

    /** Appends to {@code manifests} and waits at most this long for the acknowledgement. */
    void announce(SpecificRecord announcement, Duration patience);

    UploadedUpdate upload(UpdateHeader header, FlatLayout layout, float[] values);

    @Override
    void close();
}
