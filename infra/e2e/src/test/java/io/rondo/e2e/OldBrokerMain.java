package io.rondo.e2e;

import java.util.Arrays;

/** Runs a main class of a broker that the tests are not compiled against: its name, then its arguments. */
public final class OldBrokerMain {
    private OldBrokerMain() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
        String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
    }
}
