package io.rondo.aggregator.archive;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rondo.schemas.adapter.Identifiers;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.topic.JobTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * What an archive holds: {@code index.json}.
 *
 * @param format version of the layout of the directory
 * @param job the job's name
 * @param jobUuid its UUID; empty if no aggregator has started it
 * @param partitions P of the job
 * @param from first round whose updates are there
 * @param to the last one; lower than {@code from} if there is none
 * @param schemas the schemas from the registry
 * @param published the rounds that were published, all of them
 * @param files one for each partition of each topic
 */
@JsonPropertyOrder({"format", "job", "jobUuid", "partitions", "from", "to", "published", "schemas", "files"})
public record ArchiveIndex(
        int format,
        String job,
        String jobUuid,
        int partitions,
        int from,
        int to,
        List<KeptSchema> schemas,
        List<PublishedRound> published,
        List<KeptFile> files) {
    static final String NAME = "index.json";
    static final int FORMAT = 1;

    private static final long LARGEST = 64L << 20;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /**
     * A schema.
     *
     * @param id its id in the registry
     * @param schema its text
     */
    public record KeptSchema(int id, String schema) {}

    /**
     * A round as it was published.
     *
     * @param digest that of its adapter, in hexadecimal digits
     * @param chain the link of the hash chain that its publication carries
     */
    public record PublishedRound(int round, int revision, String digest, String chain) {}

    /**
     * A file.
     *
     * @param topic full name of the topic
     * @param partition its partition
     * @param file name in the directory of the archive
     * @param records how many there are
     * @param bytes size of the file
     * @param sha256 digest of the file, in hexadecimal digits
     * @param schemas ids of the schemas of its values
     */
    public record KeptFile(
            String topic, int partition, String file, long records, long bytes, String sha256, List<Integer> schemas) {
        private static final Pattern FILE = Pattern.compile("[a-z0-9-][a-z0-9.-]{0,120}\\.avro");

        public KeptFile {
            if (!FILE.matcher(file).matches()) {
                throw new IllegalArgumentException("'" + file + "' is not the name of a file of an archive");
            }
            schemas = List.copyOf(schemas);
        }
    }

    public ArchiveIndex {
        if (format != FORMAT) {
            throw new IllegalArgumentException("format " + format + ", where this version reads " + FORMAT);
        }
        Identifiers.requireJob(job);
        if (partitions < 1 || from < 0 || to > 999_999) {
            throw new IllegalArgumentException(partitions + " partitions, rounds " + from + " to " + to);
        }
        schemas = List.copyOf(schemas);
        published = List.copyOf(published);
        files = List.copyOf(files);
    }

    /** The job's topics. Replication is the broker's default: another cluster may have fewer brokers. */
    JobTopics topics() {
        return new JobTopics(job, partitions, -1);
    }

    /** The schemas by their ids. */
    Map<Integer, Schema> parsedSchemas() {
        Map<Integer, Schema> parsed = new HashMap<>();
        schemas.forEach(kept -> parsed.put(kept.id(), new Schema.Parser().parse(kept.schema())));
        return parsed;
    }

    byte[] toJson() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an index is JSON", e);
        }
    }

    /**
     * Reads the index of an archive.
     *
     * @throws RondoException with {@code ARCHIVE_NOT_FOUND} when the directory has none, {@code ARCHIVE_CORRUPT} when it is
     *     not a valid index
     */
    static ArchiveIndex read(Path directory) {
        Path file = directory.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            throw new RondoException(
                    ErrorCode.ARCHIVE_NOT_FOUND,
                    "there is no archive in " + directory + ": no file " + NAME,
                    "give a directory that `rondo archive --out` wrote");
        }
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException(Files.size(file) + " bytes, over the limit of " + LARGEST);
            }
            ArchiveIndex index = JSON.readValue(Files.readAllBytes(file), ArchiveIndex.class);
            index.parsedSchemas();
            return index;
        } catch (IOException | IllegalArgumentException | NullPointerException | SchemaParseException e) {
            throw ArchiveFailures.corrupt(file, e);
        }
    }
}
