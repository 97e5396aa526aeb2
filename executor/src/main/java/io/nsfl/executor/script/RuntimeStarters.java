package io.nsfl.executor.script;

import io.nsfl.sandbox.RunningScript;
import io.nsfl.sandbox.ScriptOrder;
import io.nsfl.sandbox.ScriptStarter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** The fastest way to start each script: prepared where its command is the runtime's interpreter, else a plain process. */
public final class RuntimeStarters implements ScriptStarter {
    private static final Set<String> PYTHONS = Set.of("python", "python3");

    private final String python;
    private final Optional<PreparedPython> preparedPython;
    private final Optional<PreparedJava> preparedJava;
    private final ScriptStarter plain;

    /** @param python the configured interpreter; scripts that ask for any {@code python} get it */
    public RuntimeStarters(
            String python,
            Optional<PreparedPython> preparedPython,
            Optional<PreparedJava> preparedJava,
            ScriptStarter plain) {
        this.python = python;
        this.preparedPython = preparedPython;
        this.preparedJava = preparedJava;
        this.plain = plain;
    }

    @Override
    public RunningScript start(ScriptOrder order) {
        String command = Path.of(order.command()).getFileName().toString();
        boolean isPython = PYTHONS.contains(order.command()) || order.command().equals(python);
        if (isPython) {
            return preparedPython.isPresent() && order.entry().endsWith(".py")
                    ? preparedPython.get().start(order)
                    : plain.start(withCommand(order, python));
        }
        if (command.equals("java") && preparedJava.isPresent()) {
            return preparedJava.get().start(order);
        }
        return plain.start(order);
    }

    private static ScriptOrder withCommand(ScriptOrder order, String command) {
        return new ScriptOrder(
                command,
                order.entry(),
                order.arguments(),
                order.directory(),
                order.environment(),
                order.workspace(),
                order.log());
    }
}
