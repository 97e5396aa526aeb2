package io.nsfl.sdk.prepared;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a prepared JVM shall become.
 *
 * @param environment all variables that the program sees
 * @param classPath what is added to the class path: absolute paths of directories and jars
 */
public record Instruction(
        Map<String, String> environment, List<String> classPath, String mainClass, List<String> arguments) {
    private static final int FORMAT = 0x4E53_4601;
    private static final int LONGEST_TEXT = 1 << 20;
    private static final int MOST_TEXTS = 100_000;

    public void write(DataOutputStream out) throws IOException {
        out.writeInt(FORMAT);
        List<String> variables = new ArrayList<>();
        environment.forEach((name, value) -> {
            variables.add(name);
            variables.add(value);
        });
        writeAll(out, variables);
        writeAll(out, classPath);
        writeAll(out, List.of(mainClass));
        writeAll(out, arguments);
        out.flush();
    }

    /** Reads one and not a byte more. @return null at the end of the stream: nobody needs this JVM */
    public static Instruction read(DataInputStream in) throws IOException {
        try {
            int format = in.readInt();
            if (format != FORMAT) {
                throw new IOException("Cannot read the instruction: format " + Integer.toHexString(format));
            }
        } catch (EOFException e) {
            return null;
        }
        List<String> variables = readAll(in);
        Map<String, String> environment = new LinkedHashMap<>();
        for (int i = 0; i + 1 < variables.size(); i += 2) {
            environment.put(variables.get(i), variables.get(i + 1));
        }
        return new Instruction(environment, readAll(in), readAll(in).getFirst(), readAll(in));
    }

    private static void writeAll(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    private static List<String> readAll(DataInputStream in) throws IOException {
        int count = bounded(in.readInt(), MOST_TEXTS);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[bounded(in.readInt(), LONGEST_TEXT)];
            in.readFully(bytes);
            texts.add(new String(bytes, StandardCharsets.UTF_8));
        }
        return texts;
    }

    private static int bounded(int size, int limit) throws IOException {
        if (size < 0 || size > limit) {
            throw new IOException("Cannot read the instruction: size " + size);
        }
        return size;
    }
}
