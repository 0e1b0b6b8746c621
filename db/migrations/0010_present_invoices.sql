DROP INDEX `invoices_by_due`;--> statement-breakpoint
CREATE INDEX `invoices_by_due` ON `invoices` (`due_on`,`id`) WHERE "invoices"."gone_at" is null;