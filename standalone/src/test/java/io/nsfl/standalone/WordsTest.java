package io.nsfl.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class WordsTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    enum Colour {
        RED,
        GREEN
    }

    @Command(name = "nsfl")
    private static final class Root implements Runnable {
        @Override
        public void run() {}
    }

    @Command(name = "paint", mixinStandardHelpOptions = true)
    private static final class Paint implements Runnable {
        @Option(names = "--colour")
        private Colour colour;

        @Override
        public void run() {
            throw colour == Colour.RED
                    ? new FaultException(Fault.REQUEST_INVALID, "red is out of stock")
                    : new IllegalStateException("the brush broke");
        }
    }

    @Test
    void sayWhatIsOffAndWhereTheHelpIsButNotTheHelp() {
        assertThat(run("paint", "--colour", "blue")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("'blue'", "RED", "'./nsfl paint --help' tells what there is")
                .startsWith("nsfl: ")
                .hasLineCount(2);
    }

    @Test
    void guessWhatWasMeant() {
        assertThat(run("pant")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("'pant'", "Did you mean: nsfl paint?");
    }

    @Test
    void sayInOneSentenceWhyItFailed() {
        assertThat(run("paint", "--colour", "red")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8).strip()).isEqualTo("nsfl: red is out of stock");
    }

    @Test
    void nameWhatNobodyForesaw() {
        assertThat(run("paint", "--colour", "green")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("something unforeseen", "the brush broke")
                .hasLineCount(1);
    }

    private int run(String... words) {
        PrintStream before = System.err;
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            return new Words(new Root(), new Paint()).run(words);
        } finally {
            System.setErr(before);
        }
    }
}
