package io.nsfl.ctl.output;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Clients: what they have, do, and how reliable they were. Prints nothing where there is none. */
public final class ClientTable {
    private ClientTable() {}

    public static void print(List<ObjectNode> clients, PrintStream out) {
        if (clients.isEmpty()) {
            return;
        }
        Table table = new Table()
                .column("id", 7)
                .column("name", 12)
                .column("state", 12)
                .column("runtimes", 12)
                .column("datasets", 12)
                .column("works for", 12)
                .column("delivered", 12)
                .column("epsilon spent", 16)
                .column("last seen", 15);
        for (ObjectNode client : clients) {
            table.row(
                    text(client, "id"),
                    text(client, "name"),
                    text(client, "state"),
                    items(client.path("runtimes")),
                    String.join(",", client.path("datasets").propertyNames()),
                    tasks(client.path("tasks")),
                    client.path("tasks_delivered").asString("0") + "/"
                            + client.path("tasks_leased").asString("0"),
                    spent(client.path("privacy")),
                    text(client, "last_seen"));
        }
        table.print("", out);
    }

    private static String items(JsonNode list) {
        StringJoiner joined = new StringJoiner(",");
        list.forEach(item -> joined.add(item.asString("")));
        return joined.toString();
    }

    private static String tasks(JsonNode tasks) {
        StringJoiner joined = new StringJoiner(",");
        tasks.forEach(task -> joined.add(
                task.path("namespace").asString("") + "/" + task.path("job").asString("")));
        return joined.toString();
    }

    /** By dataset, beside what its owner allows. */
    private static String spent(JsonNode privacy) {
        StringJoiner joined = new StringJoiner(",");
        privacy.forEach(one -> {
            double budget = one.path("epsilon_budget").asDouble(0);
            joined.add(one.path("dataset").asString("") + ":"
                    + digits(one.path("epsilon").asDouble(0))
                    + (budget > 0 ? "/" + digits(budget) : ""));
        });
        return joined.toString();
    }

    /** With three digits that count. */
    private static String digits(double number) {
        return new BigDecimal(number)
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String text(ObjectNode client, String field) {
        return client.path(field).asString("");
    }
}
