package io.rondo.aggregator;

import io.rondo.schemas.natives.NativeLibraries;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The native library of Streams' stores: 14 MB, which Streams would unpack at every start and leave behind when killed. */
final class StoreLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(StoreLibrary.class);

    /** RocksDB looks for the library in a configured directory under this name, which differs from the one in its jar. */
    private static final String LOADED = "rocksdbjni";

    private StoreLibrary() {}

    /** Loads it from the user's directory, before Streams unpacks its own copy. */
    static void load(NativeLibraries libraries) {
        libraries
                .unpack(Environment.getJniLibraryFileName("rocksdb"), Environment.getJniLibraryFileName(LOADED))
                .map(Path::getParent)
                .ifPresent(StoreLibrary::load);
    }

    private static void load(Path directory) {
        try {
            RocksDB.loadLibrary(List.of(directory.toString()));
        } catch (UnsatisfiedLinkError e) {
            // for example on a volume that is mounted noexec; Streams unpacks its own
            LOG.warn("the library of the stores cannot be loaded from {}: {}", directory, e.getMessage());
        }
    }
}
