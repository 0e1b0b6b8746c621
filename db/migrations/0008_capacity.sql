CREATE TABLE `capacity_alerts` (
	`node_id` text NOT NULL,
	`kind` text NOT NULL,
	`since` integer NOT NULL,
	`value` real NOT NULL,
	`limit` real NOT NULL,
	PRIMARY KEY(`node_id`, `kind`),
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `sample_blocks` (
	`series_id` integer NOT NULL,
	`level` integer NOT NULL,
	`block` integer NOT NULL,
	`points` blob NOT NULL,
	PRIMARY KEY(`series_id`, `level`, `block`),
	FOREIGN KEY (`series_id`) REFERENCES `sample_series`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `sample_minutes` (
	`minute` integer NOT NULL,
	`series_id` integer NOT NULL,
	`slots` integer NOT NULL,
	`points` blob NOT NULL,
	PRIMARY KEY(`minute`, `series_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sample_series` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`node_id` text NOT NULL,
	`uuid` text NOT NULL,
	`simulated_until` integer,
	FOREIGN KEY (`node_id`) REFERENCES `nodes`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sample_series_of` ON `sample_series` (`node_id`,`uuid`);