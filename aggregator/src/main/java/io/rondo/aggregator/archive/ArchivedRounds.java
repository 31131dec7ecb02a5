package io.rondo.aggregator.archive;

import io.rondo.aggregator.archive.ArchiveIndex.PublishedRound;
import io.rondo.log.RoundsArchived;
import io.rondo.log.Sha256;
import io.rondo.schemas.client.Jobs;
import io.rondo.schemas.client.LogConnection;
import io.rondo.schemas.client.OperatorSigner;
import io.rondo.schemas.client.SchemaRegistration;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.serde.RecordCodec;
import io.rondo.schemas.sign.SigningKey;
import io.rondo.schemas.topic.Topic;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Deletes the topics of rounds that are in a verified archive. The archiving is logged first, so that even after an
 * interruption an archived round can be distinguished from a lost one.
 */
public final class ArchivedRounds {
    private final LogConnection connection;
    private final JobArchiver.Written written;
    private final Optional<SigningKey> key;

    /**
     * @param written a verified archive of a job of this cluster
     * @param key the operator's key, for a job that requires signatures
     */
    public ArchivedRounds(LogConnection connection, JobArchiver.Written written, Optional<SigningKey> key) {
        this.key = key;
        this.connection = connection;
        this.written = written;
    }

    /**
     * Writes {@code RoundsArchived} and deletes the topics of the published rounds. Those of the open round and of rounds that
     * failed stay.
     *
     * @return the rounds whose topics are deleted
     * @throws RondoException with {@code BROKER_REFUSED} when the broker refuses the record or the deletion; without the
     *     record nothing is deleted
     */
    public List<Integer> delete() {
        ArchiveIndex index = written.archive().index();
        List<Integer> rounds = index.published().stream()
                .map(PublishedRound::round)
                .filter(round -> round >= index.from() && round <= index.to())
                .toList();
        if (!rounds.isEmpty()) {
            write(new RoundsArchived(
                    index.jobUuid(),
                    rounds.get(0),
                    rounds.get(rounds.size() - 1),
                    new Sha256(HexFormat.of().parseHex(written.archive().digest())),
                    System.currentTimeMillis(),
                    null));
            deleteTopics(rounds);
        }
        return rounds;
    }

    private void write(RoundsArchived record) {
        String commands = written.archive().jobTopics().commands().name();
        try (RecordCodec codec = connection.codec(SchemaRegistration.REGISTER);
                Producer<byte[], byte[]> producer = connection.producer()) {
            producer.send(new ProducerRecord<>(commands, 0, null, codec.encode(commands, signed(record, codec))))
                    .get();
        } catch (ExecutionException e) {
            throw refused("RoundsArchived is not in the log, and nothing was deleted", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private RoundsArchived signed(RoundsArchived record, RecordCodec codec) {
        return Jobs.find(connection, codec, written.archive().index().job())
                .map(job -> new OperatorSigner(connection, codec, job, key).sign(record))
                .orElse(record);
    }

    private void deleteTopics(List<Integer> rounds) {
        List<String> names = rounds.stream()
                .map(written.archive().jobTopics()::round)
                .map(Topic::name)
                .toList();
        try (Admin admin = connection.admin()) {
            admin.deleteTopics(names).all().get();
        } catch (ExecutionException e) {
            throw refused("the log says that rounds were archived, but not all of their topics could be deleted", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private RondoException refused(String what, ExecutionException cause) {
        return new RondoException(
                ErrorCode.BROKER_REFUSED,
                what + ": " + cause.getCause().getMessage(),
                "the archive " + written.archive() + " is complete; check the rights of this user on the job's topics",
                cause);
    }
}
