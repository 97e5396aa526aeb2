package io.nsfl.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * One {@code ./nsfl bench ...}, in this process. Needs the other modules built beside this one, as that does.
 *
 * @param said all of its output
 */
record BenchCall(int code, String said) {
    /** @param home NSFL_HOME */
    static BenchCall run(Path home, String... words) {
        System.setProperty("nsfl.home", home.toString());
        System.setProperty(
                "nsfl.root", Path.of("..").toAbsolutePath().normalize().toString());
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream heard = new PrintStream(said, true, StandardCharsets.UTF_8);
        System.setOut(heard);
        System.setErr(heard);
        try {
            int code = BenchApplication.run(words);
            return new BenchCall(code, said.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
