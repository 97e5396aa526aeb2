package io.nsfl.storage.document.postgres;

import io.nsfl.storage.document.FieldPath;
import io.nsfl.storage.document.Order;
import io.nsfl.storage.document.Query;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.springframework.data.jpa.domain.Specification;

/**
 * A query as the database carries it out: containment, the place where a page starts, the order.
 *
 * @param table whose indexes are to be found
 * @param query what is asked; its limit is the caller's to set
 */
record Matching(Statements table, Query query) implements Specification<Row> {
    private static final long serialVersionUID = 1;
    private static final String DATA = "data";
    private static final String ID = "id";

    @Override
    public Predicate toPredicate(Root<Row> row, CriteriaQuery<?> criteria, CriteriaBuilder builder) {
        // A count has no order.
        if (criteria.getResultType() == Row.class) {
            criteria.orderBy(order(row, (HibernateCriteriaBuilder) builder));
        }
        return of(row, builder);
    }

    /** Without the order. */
    Predicate of(Root<Row> row, CriteriaBuilder given) {
        HibernateCriteriaBuilder builder = (HibernateCriteriaBuilder) given;
        List<Predicate> all = new ArrayList<>();
        all.add(holds(
                builder,
                "? @> cast(? as jsonb)",
                row.get(DATA),
                builder.value(query.pattern().toString())));
        for (FieldPath field : table.indexed(query.pattern())) {
            String value = field.in(query.pattern()).stringValue();
            all.add(holds(builder, Statements.text(field) + " = ?", row.get(DATA), builder.value(value)));
        }
        query.start().ifPresent(start -> all.add(follows(start, row, builder)));
        return builder.and(all.toArray(Predicate[]::new));
    }

    private Predicate follows(Query.Start start, Root<Row> row, HibernateCriteriaBuilder builder) {
        String comparison = descends() ? " < " : " > ";
        if (query.order().isEmpty()) {
            return holds(builder, "?" + comparison + "?", row.get(ID), builder.value(start.id()));
        }
        Order order = query.order().get();
        String expression = Statements.expression(order);
        List<Expression<?>> arguments = new ArrayList<>(columns(expression, row));
        arguments.add(row.get(ID));
        arguments.add(value(order, start.value().orElseThrow(), builder));
        arguments.add(builder.value(start.id()));
        return holds(
                builder, "(" + expression + ", ?)" + comparison + "(?, ?)", arguments.toArray(Expression<?>[]::new));
    }

    private static Expression<?> value(Order order, String value, HibernateCriteriaBuilder builder) {
        return switch (order.kind()) {
            case TEXT -> builder.value(value);
            case NUMBER -> builder.value(new BigDecimal(value));
        };
    }

    private List<jakarta.persistence.criteria.Order> order(Root<Row> row, HibernateCriteriaBuilder builder) {
        List<Expression<?>> by = new ArrayList<>();
        query.order()
                .map(Statements::expression)
                .ifPresent(expression -> by.add(builder.sql(
                        expression, Object.class, columns(expression, row).toArray(Expression<?>[]::new))));
        by.add(row.get(ID));
        return by.stream()
                .<jakarta.persistence.criteria.Order>map(each -> descends() ? builder.desc(each) : builder.asc(each))
                .toList();
    }

    private boolean descends() {
        return query.order().map(Order::descending).orElse(false);
    }

    /** The document's column, as often as the expression names it. */
    private static List<Expression<?>> columns(String expression, Root<Row> row) {
        int times =
                (int) expression.chars().filter(character -> character == '?').count();
        return Collections.nCopies(times, row.get(DATA));
    }

    private static Predicate holds(HibernateCriteriaBuilder builder, String sql, Expression<?>... arguments) {
        return builder.isTrue(builder.sql(sql, Boolean.class, arguments));
    }
}
