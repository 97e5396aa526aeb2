package io.nsfl.federation;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Properties;

/** Published numbers to test against, from the test resources. */
public final class Vectors {
    private final Properties values = new Properties();

    public Vectors(String name) {
        try (Reader reader = new InputStreamReader(
                Vectors.class.getResourceAsStream("/vectors/" + name + ".properties"), StandardCharsets.UTF_8)) {
            values.load(reader);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public String[] words(String key) {
        return values.getProperty(key).split(" ");
    }

    public double[] numbers(String key) {
        return Arrays.stream(words(key)).mapToDouble(Double::parseDouble).toArray();
    }
}
