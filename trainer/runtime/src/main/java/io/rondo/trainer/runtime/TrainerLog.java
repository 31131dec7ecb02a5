package io.rondo.trainer.runtime;

import io.rondo.log.RoundPublished;
import io.rondo.schemas.adapter.FlatLayout;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.runtime.upload.UpdateHeader;
import io.rondo.trainer.runtime.upload.UploadedUpdate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** One trainer's access to its job's log. Used by one thread. */
interface TrainerLog extends AutoCloseable {

    FederatedJob job();

    /** The records of {@code rounds} from the end of the last call to the end as of this call. */
    List<SpecificRecord> readRounds();

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
