package io.nsfl.ctl.command;

import io.nsfl.ctl.config.CtlConfig;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Shows what is configured; the password only as being there. */
@Command(name = "config", description = "Show the configured addresses and user.")
public final class GetConfig implements Callable<Integer> {
    private final Session session;

    public GetConfig(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        CtlConfig config = session.config();
        line("api_server", config.apiServer());
        line("data_server", config.dataServer());
        line("certificate", config.certificate());
        line("user", config.user());
        line("password", config.password().map(secret -> "******"));
        config.token().ifPresent(secret -> line("token", Optional.of("******")));
        return 0;
    }

    private void line(String key, Optional<String> value) {
        session.out().println(key + ": " + value.orElse("none"));
    }
}
