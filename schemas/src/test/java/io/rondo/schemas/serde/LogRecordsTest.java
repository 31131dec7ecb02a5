package io.rondo.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

class LogRecordsTest {
    /** As with Avro 1.12.1, which other serializers bring. */
    @Test
    void shouldDoWithoutAListOfTrustedClasses() throws Exception {
        ClassLoader older = new ClassLoader(LogRecordsTest.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith("org.apache.avro.util.ClassSecurityValidator")) {
                    throw new ClassNotFoundException(name);
                }
                Class<?> loaded = findLoadedClass(name);
                if (loaded == null && name.startsWith(LogRecords.class.getName())) {
                    byte[] bytes = bytes(name);
                    return defineClass(name, bytes, 0, bytes.length);
                }
                return loaded == null ? super.loadClass(name, resolve) : loaded;
            }
        };
        Method trust = older.loadClass(LogRecords.class.getName()).getDeclaredMethod("trust");
        trust.setAccessible(true);

        trust.invoke(null);

        assertThat(trust.getDeclaringClass().getClassLoader()).isSameAs(older);
    }

    private static byte[] bytes(String name) throws ClassNotFoundException {
        try (InputStream in = LogRecordsTest.class.getResourceAsStream('/' + name.replace('.', '/') + ".class")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
