package io.nsfl.executor.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.sandbox.JavaProgram;
import io.nsfl.sandbox.ScriptOrder;
import io.nsfl.sdk.prepared.Instruction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the executor writes to a prepared JVM, read by the reader that this JVM has. */
class JavaInstructionTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("TASK_WORKSPACE", "/ws/Ünïcode 学习", "EMPTY", "", "LINES", "a\nb=c");

    @Test
    void isUnderstoodByThePreparedJvm() throws IOException {
        Instruction read = written(List.of("--epochs", "1", "", "学习"));

        assertThat(read)
                .isEqualTo(new Instruction(
                        ENVIRONMENT,
                        List.of("/ws/scripts/classes", "/sdk/sdk-java.jar"),
                        "org.example.Train",
                        List.of("--epochs", "1", "", "学习")));
    }

    @Test
    void isUnderstoodWithoutArguments() throws IOException {
        assertThat(written(List.of()).arguments()).isEmpty();
    }

    /** What follows the instruction belongs to the pipe as a lifeline: the reader must stand exactly at its end. */
    private static Instruction written(List<String> arguments) throws IOException {
        ScriptOrder order = new ScriptOrder(
                "java",
                "Train.java",
                arguments,
                Path.of("/ws/scripts"),
                ENVIRONMENT,
                Path.of("/ws"),
                Path.of("/ws/log"));
        JavaProgram program = new JavaProgram(
                List.of(Path.of("/ws/scripts/classes"), Path.of("/sdk/sdk-java.jar")), "org.example.Train");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        JavaInstruction.write(bytes, program, order);
        ByteArrayInputStream left = new ByteArrayInputStream(bytes.toByteArray());
        Instruction read = Instruction.read(new DataInputStream(left));
        assertThat(left.available()).isZero();
        return read;
    }
}
