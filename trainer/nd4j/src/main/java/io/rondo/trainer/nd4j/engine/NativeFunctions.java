package io.rondo.trainer.nd4j.engine;

import com.sun.jna.NativeLibrary;
import java.util.Map;
import org.bytedeco.javacpp.Loader;

/** Functions of a loaded library, or of those that it needs, which JavaCPP's presets leave out. */
final class NativeFunctions {
    static final String UNKNOWN = "unknown";

    private final NativeLibrary library;

    private NativeFunctions(NativeLibrary library) {
        this.library = library;
    }

    /** @throws UnsatisfiedLinkError where no library of this name has been loaded by JavaCPP */
    static NativeFunctions of(String name) {
        return Loader.getLoadedLibraries().entrySet().stream()
                .filter(loaded -> loaded.getKey().matches(name + "(@.*)?"))
                .map(Map.Entry::getValue)
                .findFirst()
                .map(file -> new NativeFunctions(NativeLibrary.getInstance(file)))
                .orElseThrow(() -> new UnsatisfiedLinkError("no library " + name + " is loaded"));
    }

    String text(String function) {
        try {
            return library.getFunction(function).invokeString(new Object[0], false);
        } catch (UnsatisfiedLinkError e) {
            return UNKNOWN;
        }
    }

    int number(String function) {
        return library.getFunction(function).invokeInt(new Object[0]);
    }

    void call(String function, int argument) {
        library.getFunction(function).invokeVoid(new Object[] {argument});
    }
}
