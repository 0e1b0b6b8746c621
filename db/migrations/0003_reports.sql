CREATE TABLE `node_costs` (
	`node_id` text PRIMARY KEY NOT NULL,
	`amount_minor` integer NOT NULL,
	`currency` text NOT NULL,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `record_days` (
	`day` text PRIMARY KEY NOT NULL,
	`recorded_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `service_days` (
	`day` text NOT NULL,
	`service_id` integer NOT NULL,
	`status` text NOT NULL,
	`price_minor` integer,
	`currency` text NOT NULL,
	`quantity` integer NOT NULL,
	`product_id` integer,
	`customer_id` integer,
	`kind` text,
	`period_count` integer,
	`period_unit` text,
	PRIMARY KEY(`day`, `service_id`)
);
--> statement-breakpoint
CREATE INDEX `service_days_by_service` ON `service_days` (`service_id`,`day`);