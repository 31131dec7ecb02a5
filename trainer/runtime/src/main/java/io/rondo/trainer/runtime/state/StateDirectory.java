package io.rondo.trainer.runtime.state;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.file.FileLocks;
import io.rondo.schemas.file.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One trainer's directory, locked against a second process. Its state is one file that is always complete: written under a
 * temporary name, forced to disk, renamed over the old one. Only the owner can read the files, since B and the head are
 * private.
 */
public final class StateDirectory implements AutoCloseable {
    private static final String STATE = "trainer.state";
    private static final String LOCK = "trainer.lock";
    private static final String FAILURES = "trainer.failures";
    static final String PIN = "trainer.chain";
    private static final int MAX_PIN_BYTES = 4096;

    private final Path directory;
    private final FileChannel lock;

    private StateDirectory(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Creates the directory if it is missing, and locks it.
     *
     * @throws RondoException with {@link ErrorCode#DIRECTORY_IN_USE} when another trainer uses it
     */
    public static StateDirectory open(Path directory) {
        try {
            Files.createDirectories(directory, OwnerOnly.directory(directory));
            return new StateDirectory(
                    directory,
                    FileLocks.lock(directory.resolve(LOCK))
                            .orElseThrow(() -> new RondoException(
                                    ErrorCode.DIRECTORY_IN_USE,
                                    "another trainer is working in " + directory,
                                    "stop it, or give this trainer its own directory")));
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /**
     * The state saved last.
     *
     * @throws RondoException with {@link ErrorCode#STATE_UNREADABLE} when the file is damaged
     */
    public Optional<TrainerState> load() {
        return read(directory);
    }

    /**
     * The last saved state of a trainer that may be running: the file is always complete.
     *
     * @throws RondoException with {@link ErrorCode#STATE_UNREADABLE} when the file is damaged
     */
    public static Optional<TrainerState> read(Path directory) {
        Path file = directory.resolve(STATE);
        try {
            long size = Files.size(file);
            if (size > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException("it has " + size + " bytes");
            }
            return Optional.of(StateFormat.decode(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new RondoException(
                    ErrorCode.STATE_UNREADABLE,
                    "the trainer's state " + file + " cannot be read: " + e.getMessage(),
                    "restore it from a copy, or delete it: the trainer then starts with a fresh B and head",
                    e);
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /**
     * Replaces the state; when this returns it survives a crash, and a crash before leaves the old one.
     *
     * @throws RondoException with {@link ErrorCode#DISK_FULL} when the bytes do not fit, with {@link
     *     ErrorCode#STATE_UNREADABLE} when the directory cannot be written for another reason
     */
    public void save(TrainerState state) {
        replace(STATE, StateFormat.encode(state));
    }

    private void replace(String name, byte[] bytes) {
        Path file = directory.resolve(name);
        Path beside = directory.resolve(name + ".tmp");
        try {
            Files.deleteIfExists(beside);
            try (FileChannel channel = FileChannel.open(
                    beside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OwnerOnly.file(beside))) {
                write(channel, ByteBuffer.wrap(bytes));
                channel.force(true);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceDirectory();
        } catch (IOException e) {
            RondoException failure = unwritable(file, bytes.length, e);
            discard(beside, failure);
            throw failure;
        }
    }

    /** A partial file is useless and takes space on a disk that may be full. */
    private static void discard(Path beside, RondoException failure) {
        try {
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** How many consecutive processes have failed here, as far as they could record it. */
    public int failures() {
        Path file = directory.resolve(FAILURES);
        try {
            String text = Files.readString(file).strip();
            return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** Counts one more failed process. */
    public void failed() {
        Path file = directory.resolve(FAILURES);
        try {
            Files.writeString(file, Integer.toString(failures() + 1));
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** Resets the count of failures. */
    public void succeeded() {
        try {
            Files.deleteIfExists(directory.resolve(FAILURES));
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /**
     * The last publication that the trainer has applied.
     *
     * @throws RondoException with {@link ErrorCode#STATE_UNREADABLE} when the file is damaged
     */
    public Optional<ChainPin> pin() {
        Path file = directory.resolve(PIN);
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            if (Files.size(file) > MAX_PIN_BYTES) {
                throw new IllegalArgumentException("it has more than " + MAX_PIN_BYTES + " bytes");
            }
            return Optional.of(ChainPin.parse(Files.readString(file)));
        } catch (IllegalArgumentException e) {
            throw new RondoException(
                    ErrorCode.STATE_UNREADABLE,
                    "the file " + file + " cannot be read: " + e.getMessage(),
                    "restore it from a copy; without it the trainer takes the log as it is",
                    e);
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** Saves the publication that the trainer has applied now, as durably as the state. */
    public void pin(ChainPin pin) {
        replace(PIN, pin.text().getBytes(StandardCharsets.US_ASCII));
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Makes the rename itself durable. If a directory cannot be opened (Windows), the file system does that. */
    private void forceDirectory() throws IOException {
        if (OwnerOnly.isPosix(directory)) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static RondoException unwritable(Path file, int bytes, IOException cause) {
        if (isFull(file, bytes, cause)) {
            return new RondoException(
                    ErrorCode.DISK_FULL,
                    "the trainer's state of " + bytes + " bytes does not fit on the disk of " + file,
                    "free some space and start the trainer again: it continues with the previous state",
                    cause);
        }
        return unusable(file, cause);
    }

    private static boolean isFull(Path file, int bytes, IOException cause) {
        if (String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("no space left")) {
            return true;
        }
        try {
            FileStore store = Files.getFileStore(file.toAbsolutePath().getParent());
            return store.getUsableSpace() < bytes;
        } catch (IOException e) {
            cause.addSuppressed(e);
            return false;
        }
    }

    private static RondoException unusable(Path path, IOException cause) {
        return new RondoException(
                ErrorCode.STATE_UNREADABLE,
                "the trainer's state in " + path + " cannot be read or written: " + cause,
                "check that the directory exists and that this user may write to it",
                cause);
    }
}
