package io.nsfl.ctl.command;

import io.nsfl.ctl.api.ApiConnection;
import io.nsfl.ctl.api.JobsApi;
import io.nsfl.ctl.api.ModelsApi;
import io.nsfl.ctl.config.ConfigFiles;
import io.nsfl.ctl.config.CtlConfig;
import io.nsfl.ctl.output.ProgressLine;
import io.nsfl.ctl.upload.DataServer;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;

/** What a command works with: the environment, the terminal, and the servers once they are needed. */
public final class Session {
    private final ConfigFiles files;
    private final PrintStream out;
    private final BufferedReader in;
    private final Map<String, String> environment;
    private final InstantSource clock;
    private final Supplier<SecureRandom> random;

    public Session(
            Map<String, String> environment,
            Path home,
            InputStream in,
            PrintStream out,
            InstantSource clock,
            Supplier<SecureRandom> random) {
        this.files = new ConfigFiles(environment, home);
        this.environment = environment;
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.out = out;
        this.clock = clock;
        this.random = random;
    }

    public InstantSource clock() {
        return clock;
    }

    /** What keys and secrets are made of. */
    public SecureRandom random() {
        return random.get();
    }

    public ConfigFiles files() {
        return files;
    }

    public PrintStream out() {
        return out;
    }

    public CtlConfig config() {
        return files.load();
    }

    public JobsApi jobs() {
        return new JobsApi(new ApiConnection(config()));
    }

    public ModelsApi models() {
        return new ModelsApi(new ApiConnection(config()));
    }

    public DataServer data() {
        return new DataServer(config());
    }

    /** Where progress is shown: a terminal's line is rewritten, a pipe gets the end only. */
    public ProgressLine.Screen screen() {
        Console console = System.console();
        boolean terminal = console != null && console.isTerminal();
        int width = 80;
        try {
            width = Integer.parseInt(environment.getOrDefault("COLUMNS", "80"));
        } catch (NumberFormatException e) {
            // A width that is no number is no width.
        }
        return new ProgressLine.Screen(out, terminal, width, clock);
    }

    /** Asks for a secret: hidden on a terminal, a line of the input elsewhere. Empty text at the end of the input. */
    public String secret(String prompt) {
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            char[] typed = console.readPassword("%s", prompt);
            return typed == null ? "" : new String(typed);
        }
        out.print(prompt);
        out.flush();
        try {
            String line = in.readLine();
            out.println();
            return line == null ? "" : line;
        } catch (IOException e) {
            return "";
        }
    }
}
