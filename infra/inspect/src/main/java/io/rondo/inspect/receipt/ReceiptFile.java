package io.rondo.inspect.receipt;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.rondo.inspect.receipt.ReceiptCheck.Outcome;
import io.rondo.schemas.error.ErrorCode;
import io.rondo.schemas.error.RondoException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/** Reads and writes receipts. */
public final class ReceiptFile {
    /** A round of 5,000 trainers fits; nothing is read that is larger. */
    private static final long MAX_BYTES = 16 << 20;

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private ReceiptFile() {}

    public static void write(Path file, Receipt receipt) {
        try {
            Files.writeString(
                    file,
                    JSON.writeValueAsString(receipt) + "\n",
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new RondoException(
                    ErrorCode.FILE_EXISTS, file + " exists already", "choose another file, or delete it", e);
        } catch (IOException e) {
            throw new RondoException(
                    ErrorCode.BAD_CONFIG,
                    "the receipt cannot be written to " + file + ": " + e,
                    "check that its directory exists and that this user may write to it",
                    e);
        }
    }

    /** @throws RondoException with {@link ErrorCode#DATA_UNREADABLE} when the file is no receipt */
    public static Receipt read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw unreadable(file, "it has " + Files.size(file) + " bytes, the most is " + MAX_BYTES, null);
            }
            Receipt receipt = JSON.readValue(Files.readAllBytes(file), Receipt.class);
            if (receipt == null) {
                throw unreadable(file, "it is empty", null);
            }
            return receipt;
        } catch (JacksonException e) {
            throw unreadable(file, e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw unreadable(file, e.toString(), e);
        }
    }

    private static RondoException unreadable(Path file, String problem, Exception cause) {
        return new RondoException(
                ErrorCode.DATA_UNREADABLE,
                "the receipt " + file + " cannot be read: " + problem,
                "give a file that `rondo receipt --out FILE` wrote",
                cause);
    }

    /**
     * @param what the receipt, in a message
     * @throws RondoException with {@link ErrorCode#VERIFICATION_FAILED} when the check fails
     */
    public static ReceiptText checked(Supplier<Outcome> check, String what) {
        try {
            return new ReceiptText(check.get());
        } catch (IllegalArgumentException e) {
            throw new RondoException(
                    ErrorCode.VERIFICATION_FAILED,
                    what + " does not show what it says: " + e.getMessage(),
                    "ask for another receipt, and for the key of the aggregator from the operator",
                    e);
        }
    }
}
