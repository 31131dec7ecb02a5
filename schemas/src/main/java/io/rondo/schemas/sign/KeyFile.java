package io.rondo.schemas.sign;

import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import io.rondo.schemas.file.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/**
 * A private key in a file: PKCS #8 in PEM, as OpenSSL and others read and write it. Only its owner may read the file. The
 * public key needs no file: it is derived from the private key.
 */
public final class KeyFile {
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final int MAX_BYTES = 4096;
    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private KeyFile() {}

    /**
     * Creates a key, and the file for it.
     *
     * @throws RondoException with {@link ErrorCode#FILE_EXISTS} when the file exists: a key is never overwritten, and with
     *     {@link ErrorCode#BAD_KEY} when it cannot be written
     */
    public static SigningKey create(Path file) {
        SigningKey key = SigningKey.generate();
        write(file, key);
        return key;
    }

    /**
     * Writes a key to a file of its own.
     *
     * @throws RondoException as {@link #create} does
     */
    public static void write(Path file, SigningKey key) {
        byte[] encoded = Arrays.copyOf(SigningKey.PKCS8, SigningKey.PKCS8.length + SigningKey.SEED_BYTES);
        System.arraycopy(key.seed(), 0, encoded, SigningKey.PKCS8.length, SigningKey.SEED_BYTES);
        String pem = BEGIN + "\n" + Base64.getEncoder().encodeToString(encoded) + "\n" + END + "\n";
        try (FileChannel channel = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OwnerOnly.file(file))) {
            ByteBuffer bytes = ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (FileAlreadyExistsException e) {
            throw new RondoException(
                    ErrorCode.FILE_EXISTS,
                    file + " exists already, and a key is not written over",
                    "choose another file; `rondo keys show " + file + "` says whether it holds a key",
                    e);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.BAD_KEY,
                    "the key file " + file + " cannot be written: " + e,
                    "check that its directory exists and that this user may write to it",
                    e);
        }
    }

    /**
     * Reads a key.
     *
     * @throws RondoException with {@link ErrorCode#BAD_KEY} when the file is not there, others may read it, or it holds no
     *     Ed25519 private key
     */
    public static SigningKey read(Path file) {
        try {
            if (OwnerOnly.isPosix(file) && others(file)) {
                throw bad(file, "others may read or write it", "keep it to its owner: chmod 600 " + file, null);
            }
            if (Files.size(file) > MAX_BYTES) {
                throw bad(file, "it has more than " + MAX_BYTES + " bytes", create(), null);
            }
            return SigningKey.ofSeed(seed(Files.readString(file, StandardCharsets.US_ASCII)));
        } catch (IllegalArgumentException e) {
            throw bad(file, e.getMessage(), create(), e);
        } catch (IOException e) {
            throw bad(file, "it cannot be read: " + e, "check the path, or " + create(), e);
        }
    }

    private static boolean others(Path file) throws IOException {
        Set<PosixFilePermission> found = EnumSet.copyOf(OF_OTHERS);
        found.retainAll(Files.getPosixFilePermissions(file));
        return !found.isEmpty();
    }

    private static byte[] seed(String pem) {
        String text = pem.strip();
        if (!text.startsWith(BEGIN) || !text.endsWith(END)) {
            throw new IllegalArgumentException("it is not a private key in PEM: its first line must be " + BEGIN);
        }
        byte[] der = Base64.getMimeDecoder().decode(text.substring(BEGIN.length(), text.length() - END.length()));
        int length = SigningKey.PKCS8.length;
        if (der.length != length + SigningKey.SEED_BYTES
                || !Arrays.equals(der, 0, length, SigningKey.PKCS8, 0, length)) {
            throw new IllegalArgumentException("its private key is not Ed25519");
        }
        return Arrays.copyOfRange(der, length, der.length);
    }

    private static String create() {
        return "create one with: rondo keys create FILE";
    }

    private static RondoException bad(Path file, String problem, String next, Exception cause) {
        return new RondoException(
                ErrorCode.BAD_KEY, "the key file " + file + " cannot be used: " + problem, next, cause);
    }
}
