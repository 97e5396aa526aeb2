package io.nsfl.executor.script;

import io.nsfl.sandbox.JavaProgram;
import io.nsfl.sandbox.ScriptOrder;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The writer's side of {@code io.nsfl.sdk.prepared.Instruction}, what a prepared JVM shall become. A second copy of the format, because
 * the executor must not carry the SDK of scripts and the ND4J that comes with it; a test reads with the SDK what is written here.
 */
final class JavaInstruction {
    private static final int FORMAT = 0x4E53_4601;

    private JavaInstruction() {}

    /** Writes and flushes; the stream stays open. */
    static void write(OutputStream jvm, JavaProgram program, ScriptOrder order) throws IOException {
        List<String> variables = new ArrayList<>();
        order.environment().forEach((name, value) -> variables.addAll(List.of(name, value)));
        @SuppressWarnings("resource") // The open pipe is the script's lifeline.
        DataOutputStream out = new DataOutputStream(jvm);
        out.writeInt(FORMAT);
        writeAll(out, variables);
        writeAll(out, program.classPath().stream().map(Path::toString).toList());
        writeAll(out, List.of(program.mainClass()));
        writeAll(out, order.arguments());
        out.flush();
    }

    private static void writeAll(DataOutputStream out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }
}
