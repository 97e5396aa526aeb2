package io.nsfl.ctl;

import io.nsfl.ctl.command.Completion;
import io.nsfl.ctl.command.CreateEnrolmentToken;
import io.nsfl.ctl.command.CreateJob;
import io.nsfl.ctl.command.CreateKey;
import io.nsfl.ctl.command.CreateModel;
import io.nsfl.ctl.command.CreateToken;
import io.nsfl.ctl.command.DeleteJob;
import io.nsfl.ctl.command.DeleteModel;
import io.nsfl.ctl.command.DescribeJob;
import io.nsfl.ctl.command.DownloadModel;
import io.nsfl.ctl.command.GetClient;
import io.nsfl.ctl.command.GetConfig;
import io.nsfl.ctl.command.GetJob;
import io.nsfl.ctl.command.GetModel;
import io.nsfl.ctl.command.GetNamespace;
import io.nsfl.ctl.command.Health;
import io.nsfl.ctl.command.Logs;
import io.nsfl.ctl.command.Session;
import io.nsfl.ctl.command.SetConfig;
import io.nsfl.ctl.command.StartJob;
import io.nsfl.ctl.command.StopJob;
import io.nsfl.ctl.command.UpdateJob;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The words of the command line. Of what they lead to only as much is made as a call needs: looking into every command takes longer
 * than most calls.
 */
final class CommandWords {
    /** Whose answer is about all words. */
    private static final String ALL = "completion";

    private final Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    private final Map<String, Verb> verbs = new LinkedHashMap<>();

    private record Verb(String description, Map<String, Supplier<Object>> objects) {}

    CommandWords(Session session) {
        commands.put(ALL, () -> new Completion(session));
        verb("create", "Create a resource.").put("enrolment-token", () -> new CreateEnrolmentToken(session));
        verb("create").put("job", () -> new CreateJob(session));
        verb("create").put("key", () -> new CreateKey(session));
        verb("create").put("model", () -> new CreateModel(session));
        verb("create").put("token", () -> new CreateToken(session));
        verb("delete", "Delete a resource.").put("job", () -> new DeleteJob(session));
        verb("delete").put("model", () -> new DeleteModel(session));
        verb("describe", "Tell all about a resource.").put("job", () -> new DescribeJob(session));
        verb("download", "Download a resource.").put("model", () -> new DownloadModel(session));
        verb("get", "Show resources or the configuration.").put("client", () -> new GetClient(session));
        verb("get").put("config", () -> new GetConfig(session));
        verb("get").put("job", () -> new GetJob(session));
        verb("get").put("model", () -> new GetModel(session));
        verb("get").put("namespace", () -> new GetNamespace(session));
        commands.put("health", () -> new Health(session));
        commands.put("logs", () -> new Logs(session));
        verb("set", "Set the configuration.").put("config", () -> new SetConfig(session));
        verb("start", "Start a resource.").put("job", () -> new StartJob(session));
        verb("stop", "Stop a resource.").put("job", () -> new StopJob(session));
        verb("update", "Update a resource.").put("job", () -> new UpdateJob(session));
    }

    /** Adds to {@code root} what these arguments can lead to: an unknown or missing word leads to the list of those that are known. */
    void addTo(CommandLine root, String... arguments) {
        List<String> words = List.of(arguments).stream()
                .filter(word -> !word.startsWith("-"))
                .toList();
        String first = words.isEmpty() ? "" : words.getFirst();
        boolean all = first.equals(ALL);
        boolean known = !all && (commands.containsKey(first) || verbs.containsKey(first));
        SortedSet<String> names = new TreeSet<>(commands.keySet());
        names.addAll(verbs.keySet());
        for (String name : known ? List.of(first) : names) {
            if (commands.containsKey(name)) {
                root.addSubcommand(commands.get(name).get());
            } else {
                Verb verb = verbs.get(name);
                CommandLine line = line(name, verb.description());
                addTo(line, verb.objects(), words.size() > 1 ? words.get(1) : "", all || known);
                root.addSubcommand(line);
            }
        }
    }

    /** @param any whether one of the objects can be asked for at all */
    private static void addTo(CommandLine verb, Map<String, Supplier<Object>> objects, String word, boolean any) {
        if (!any) {
            return;
        }
        // Some objects are known by their plural too.
        String singular = word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
        if (objects.containsKey(singular)) {
            verb.addSubcommand(objects.get(singular).get());
        } else {
            objects.values().forEach(command -> verb.addSubcommand(command.get()));
        }
    }

    private Map<String, Supplier<Object>> verb(String name, String description) {
        return verbs.computeIfAbsent(name, unused -> new Verb(description, new LinkedHashMap<>()))
                .objects();
    }

    private Map<String, Supplier<Object>> verb(String name) {
        return verbs.get(name).objects();
    }

    private static CommandLine line(String name, String description) {
        Group group = new Group();
        CommandSpec spec = CommandSpec.wrapWithoutInspection(group).name(name);
        spec.usageMessage().description(description);
        group.line = new CommandLine(spec);
        return group.line;
    }

    /** A word that only leads to others: alone it shows them. */
    private static final class Group implements Runnable {
        private CommandLine line;

        @Override
        public void run() {
            line.usage(line.getOut());
        }
    }
}
