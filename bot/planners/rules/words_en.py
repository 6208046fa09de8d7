"""English grammar words by tag and payload, phrases parted by `|`. Data only: no word of a workspace."""

from __future__ import annotations

from bot.planners.rules.tags import Tag

WORDS_EN: tuple[tuple[Tag, str, str], ...] = (
    (
        Tag.STOP,
        "",
        "please|pls|can you|could you|would you|will you|can i|could i|may i|show|show me|show us|tell|tell me|give|give me|"
        "give us|get|get me|let me|let us|see|let me see|i want|i want to|i would like|i would like to|i'd like|i need|i need to|"
        "want to know|want to see|know|i wonder|find|find out|find me|display|return|present|provide|calculate|compute|"
        "determine|check|look|look at|look up|pull|pull up|bring up|fetch|report|visualize|visualise|plot|draw|chart|graph|"
        "the|a|an|this is|that|those|these|it|its|there|is there|are there|there are|there is|do|does|did|doing|done|has|"
        "have|having|had|be|been|being|am|was|were|is|are|will|would|can|could|should|shall|may|might|must|"
        "we|us|our|you|your|my|me|i|they|their|them|he|she|his|her|one|ones|so|then|also|too|just|now|here|"
        "hi|hello|hey|thanks|thank you|ok|okay|well|kindly|quickly|like|as|how is|how are|how was|how were|how did|how do|how does|"
        "how's|how has|how have|what is|what are|what was|what were|what's|what about our|to|from|at|on|into|onto|through|via|"
        "using|use|used|based|based on|according to|in terms of|terms|regarding|about|concerning|with respect to|respect|"
        "when it comes to|when|while|during|made|make|making|goes|goes to|go to|went to|generated|generate|generating|brought in|bring in|achieved|"
        "achieve|earned|recorded|record|happened|happen|occurred|occur|came|come|comes|coming|went|go|going|"
        "produced|produce|seen|saw|got|gotten|gained|drove|drive|driven|performed|perform|performing|performance|"
        "take|taken|took|place|look like|data|information|info|figure|figures|number|numbers|value|values|result|results|"
        "detail|details|level|levels|overall|entire|whole|all|any|some|every single|business|company|"
        "currently|current|exactly|actually|really|roughly|approximately|about how|respective|corresponding|associated|related|"
        "belonging|anything|something|called|named|exist|exists|available|different|various|specific|certain|whats|whether|whether it is|whether or not|individual|particular|"
        "much|many|more detail|up|out|off|down|ever|yet|still|already|only|such|same|own|per se|"
        "for me|to me|to us|for us|again|simply|basically|summary|summary of|overview|overview of|breakdown summary|list out|"
        "period|time period|timeframe|time frame|date range|worth|terms of|each time|which are|that are|who are|"
        "that have|that had|who have|who had|which have|which had|that has|who has|with the|has been|have been|is being|are being|"
        "aged|old|weighing|weighs|weigh|among all|out of all|of all|all of the|all of|all the|in the data|in our data|in the database|in the dataset|in the system",
    ),
    (
        Tag.PROFIT,
        "loss",
        "losing money|lose money|loses money|lost money|unprofitable|in the red|making a loss|at a loss|loss making|not profitable|not making money",
    ),
    (
        Tag.PROFIT,
        "gain",
        "profitable|most profitable|least profitable|more profitable|less profitable|making money|makes money|make money",
    ),
    (Tag.SUPER, "desc", "most profitable"),
    (Tag.SUPER, "asc", "least profitable"),
    (Tag.MORE, "desc", "more profitable"),
    (Tag.MORE, "asc", "less profitable"),
    (
        Tag.OVERVIEW,
        "strong",
        "overview|overview of|an overview|an overview of|summary|summary of|a summary|a summary of|recap|a recap of|snapshot|a snapshot of|"
        "scorecard|key metrics|the key metrics|main metrics|core metrics|key numbers|the key numbers|main numbers|headline numbers|key figures|"
        "key kpis|main kpis|our kpis|how are we doing|how are we|how did we do|how have we done|how have we been doing|how were we doing|"
        "how do we do|how are things|how are things going|how is everything|how's everything|how is it going|how's it going|how did it go|how did things go|how were things",
    ),
    (
        Tag.OVERVIEW,
        "weak",
        "how is|how's|how are|how did|how was|how were|how has|how have|how does|how do|performance",
    ),
    (Tag.OF, "", "of|in|for|within|among|amongst|with|where|whose|from|at|on|inside"),
    (Tag.AND, "", "and|as well as|along with|together with|plus|alongside|and also"),
    (Tag.OR, "", "or|either|nor"),
    (
        Tag.BY,
        "",
        "by|per|for each|for every|each|every|in each|in every|of each|of every|at each|from each|by each|by every|broken down by|broken out by|break it down by|break it down|break this down by|break that down by|break them down by|break those down by|break it out by|split it by|split that by|split this by|split them by|split it up by|split it out by|group it by|group them by|slice it by|cut by|break down by|breakdown by|"
        "break down|breakdown|breakdown of|split by|split|split out by|splitted by|grouped by|group by|grouping by|grouped|across|across all|across different|sliced by|slice by|segmented by|"
        "divided by|separated by|categorized by|categorised by|organized by|by the|for all the|for the different|for different|by different|"
        "distribution|distribution of|distributed by|distribution by|distribution across|distributed across|varies by|vary by|vary across|varies across|differ by|differ across|"
        "drill down to|drill down by|drill down into|according to each|as a function of|on a per|arranged by|bucketed by|aggregated by|summarized by|summarised by|displayed by|shown by",
    ),
    (
        Tag.WHICH,
        "",
        "which|what|who|whom|which of|which of the|which one|which ones|what kind of|what kinds of|what type of|what sort of|which type of",
    ),
    (
        Tag.LIST,
        "",
        "list|list all|list the|list of|list all the|show all|show all the|a list of|show a list of|enumerate|what are all|what are all the|show me all|distinct list of|the distinct list of|give me a list of|name all|name the|distinct|unique|all distinct|all unique|what are the distinct|what are the different|unique list of",
    ),
    (
        Tag.HOW_MANY,
        "",
        "how many|how much|count of|number of|no of|# of|count|total number of|the number of|quantity of|total count of|how often|how many different|how many distinct|how many unique|number of distinct|number of unique|number of different|count of distinct|count of unique|distinct count of|unique count of|distinct number of|unique number of|count distinct|distinct count|unique count|what number of|how many of|how many of the|how many total|total number",
    ),
    (Tag.COUNT, "", "count|total count"),
    (Tag.AGG, "sum", "sum|sum of|total sum of|sum total|total amount of|the sum of|total value of"),
    (
        Tag.AGG,
        "avg",
        "average|avg|mean|average of|mean of|the average|avg of|on average|mean value|average value|average value of|the average of|typical",
    ),
    (Tag.AGG, "max", "maximum|max|maximum of|max of|maximum value|peak|maximum value of"),
    (Tag.AGG, "min", "minimum|min|minimum of|min of|minimum value|minimum value of"),
    (Tag.AGG, "median", "median|median of"),
    (
        Tag.TOTAL,
        "",
        "total|total of|in total|combined|altogether|overall total|grand total|together|aggregate|cumulatively|totals|summed|sum up|totalling|in aggregate|totaled",
    ),
    (Tag.TOP, "desc", "top|first|the top|leading|best|largest|biggest|highest|greatest"),
    (Tag.TOP, "asc", "bottom|worst|smallest|lowest|fewest|the bottom|least"),
    (
        Tag.SUPER,
        "desc",
        "busiest|the busiest|highest|most|largest|biggest|greatest|the most|the highest|the largest|top|the top|leading|longest|strongest|most expensive|highest number of|greatest number of|largest number of|most number of|most frequent|most common|most frequently|most popular|most often|top ranked|ranked first|ranks first|number one|#1|max|maximum|largest amount of|highest amount of|biggest amount of|most of the|most of|tops|dominates|leads|lead",
    ),
    (
        Tag.SUPER,
        "asc",
        "quietest|the quietest|lowest|least|smallest|fewest|minimum|the least|the lowest|shortest|weakest|cheapest|lowest number of|fewest number of|smallest number of|least number of|least frequent|least common|least popular|bottom|the bottom|ranked last|ranks last|rarest|least amount of",
    ),
    (
        Tag.SUPER,
        "best",
        "fastest|quickest|the fastest|best|the best|best performing|top performing|strongest performing|best performer|best performers|top performer|top performers|performed best|performs best|performing best|did best|does best|doing best|performed the best|did the best",
    ),
    (
        Tag.SUPER,
        "worst",
        "slowest|the slowest|worst|the worst|worst performing|poorest|poorest performing|worst performer|worst performers|performed worst|performs worst|did worst|does worst|underperforming|weakest performing|lowest performing|performed the worst|did the worst",
    ),
    (Tag.MORE, "desc", "higher|more|larger|bigger|greater|the higher|the larger|the bigger"),
    (Tag.MORE, "asc", "lower|less|fewer|smaller|the lower|the smaller"),
    (Tag.MORE, "best", "better|faster|the better|stronger"),
    (Tag.MORE, "worst", "worse|slower|the worse|weaker"),
    (Tag.MORE, "middle", "in the middle|middle|midmost|middling"),
    (
        Tag.ORDINAL,
        "2",
        "second|the second|second highest|second largest|second most|second biggest|second best|2nd|2nd highest|2nd largest|second place|runner up|runner-up",
    ),
    (
        Tag.ORDINAL,
        "3",
        "third|the third|third highest|third largest|third most|third best|3rd|3rd highest|3rd largest",
    ),
    (Tag.ORDINAL, "4", "fourth|4th|fourth highest|4th highest|fourth largest"),
    (Tag.ORDINAL, "5", "fifth|5th|fifth highest|5th highest|fifth largest"),
    (
        Tag.ORDER,
        "desc",
        "descending|in descending order|desc|descending order|from highest to lowest|highest to lowest|high to low|from high to low|from most to least|most to least|largest to smallest|from largest to smallest|biggest to smallest|from biggest to smallest|highest first|largest first|biggest first|starting from the highest|starting with the highest|starting from the top|in decreasing order|decreasing order|with the highest first|with the largest first|from best to worst|best to worst",
    ),
    (
        Tag.ORDER,
        "asc",
        "ascending|in ascending order|asc|ascending order|from lowest to highest|lowest to highest|low to high|from low to high|least to most|from least to most|smallest to largest|from smallest to largest|lowest first|smallest first|starting from the lowest|starting with the lowest|in increasing order|increasing order|from worst to best|worst to best",
    ),
    (
        Tag.ORDER,
        "letters",
        "in alphabetical order|alphabetical order|alphabetically|sorted alphabetically|sort alphabetically|sorted in alphabetical order",
    ),
    (
        Tag.ORDER,
        "rank",
        "rank|ranking|ranked by|ranked|rank by|ranking of|ranking by|ranks|sort|sorted|sort by|sorted by|order by|ordered by|in order of|sorted on|sorted according to|leaderboard|league table",
    ),
    (
        Tag.TREND,
        "",
        "trend|trends|trend of|trend in|trend for|over time|trending|trendline|trend line|time series|timeline|evolution|evolution of|evolve|evolved|development of|historical|history|history of|"
        "through time|across time|as a trend|progression|trajectory|how has|how have|fluctuation|fluctuations|month to month|day to day|week to week|change over time|changed over time|"
        "develop|develops|developing|changes over time|changing over time|changing|evolving|progress over time|progressed|developed|developed over time|vary over time|varied over time",
    ),
    (
        Tag.SHARE,
        "",
        "share|share of|percent of|percentage of|percent of total|percentage of total|% of total|% of|proportion|proportion of|what percent|what percentage|what share|what proportion|contribution|contribution of|contribution to|contribute|contributes|contributed|contributing|account for|accounts for|accounted for|makes up|make up|made up|percentage share|percent share|as a percentage of|as a percent of|as a share of|as a percentage|as percentages|in percent|in percentages|as a share|as shares|as a percentage of total|as a percent of total|as a share of total|as a proportion of|what percent of|what percentage of|what share of|what proportion of|what fraction|fraction of|fraction|mix|of the total|of total|percent contribution|percentage contribution|composition|composition of|makeup|what % of|relative share|distribution in percent",
    ),
    (
        Tag.NOT,
        "",
        "neither|not|isn't|is not|are not|aren't|excluding|exclude|except|except for|except the|other than|without|apart from|aside from|but not|not in|not including|excludes|leaving out|leave out|besides|not equal to|does not equal|doesn't equal|not from|that are not|that is not|which are not|who are not|was not|were not|wasn't|weren't|minus|ignoring|ignore|do not include|don't include|not counting|non|that isn't|that aren't|everything but|all but|not equal|is not in|not at|outside|outside of",
    ),
    (
        Tag.IS,
        "",
        "is|are|equals|equal to|equal|is equal to|was|were|being|which is|that is|who is|which are|that are|who are|is in|are in|set to|is exactly",
    ),
    (
        Tag.ONLY,
        "",
        "only|just|limited to|restricted to|filtered to|filtered by|filter|filter by|filter on|filter for|only for|solely|exclusively|filtering on|limit to|specifically|only in|only the|only include|just for",
    ),
    (
        Tag.TEXT_OP,
        "contains",
        "contains|containing|contain|that contains|that contain|which contain|includes|including|include|with the word|whose name contains|has the word|having the word|that include|that includes|like|matching",
    ),
    (
        Tag.TEXT_OP,
        "not contains",
        "does not contain|doesn't contain|not containing|do not contain|don't contain|that does not contain|that do not contain|not contain",
    ),
    (
        Tag.TEXT_OP,
        "starts with",
        "starts with|start with|starting with|begins with|begin with|beginning with|that start with|that starts with|that begin with|that begins with|starts|prefixed with|started with|starting in the letter|starts with the letter|start with the letter|starting with the letter|beginning with the letter|begins with the letter",
    ),
    (
        Tag.TEXT_OP,
        "ends with",
        "ends with|end with|ending with|ending in|ends in|end in|that end with|that ends with|finishing with|that end in|suffixed with",
    ),
    (
        Tag.EMPTY,
        "is null",
        "is null|is empty|are empty|is blank|are blank|null|blank|empty|is missing|are missing|missing|no value|not set|is not set|is unset|unspecified|has no value|have no value|not filled|are null|with no value",
    ),
    (
        Tag.EMPTY,
        "is not null",
        "is not null|is not empty|are not empty|is not blank|not null|not empty|not blank|is not missing|is set|has a value|have a value|isn't null|isn't empty|are not null|not missing",
    ),
    (
        Tag.CMP,
        ">",
        "more than|over|above|greater than|exceeding|exceed|exceeds|exceeded|higher than|larger than|bigger than|is over|is above|are above|was above|is greater than|is more than|is higher than|of more than|of over|in excess of|above the|upwards of|longer than|older than|heavier than|are over|was over|was more than|were over|were more than|were greater than|are greater than|are more than|have more than|has more than|had more than|with more than|surpassed|surpass|surpasses|beyond|topped|strictly greater than|later than",
    ),
    (
        Tag.CMP,
        ">=",
        "at least|no less than|not less than|no fewer than|not fewer than|minimum of|a minimum of|greater than or equal to|more than or equal to|not below|not under|is at least|greater or equal to|are at least|was at least|were at least|had at least|have at least|has at least|with at least|equal to or greater than|no lower than|equal or greater than|reached|hit|starting at",
    ),
    (
        Tag.CMP,
        "<",
        "less than|under|below|fewer than|lower than|smaller than|is under|is below|is less than|are below|of less than|of under|less|shorter than|cheaper than|younger than|lighter than|are under|was below|was under|was less than|were below|were under|were less than|are less than|have less than|has less than|had less than|had fewer than|have fewer than|with less than|with fewer than|is lower than|not reaching|fell short of|not even",
    ),
    (
        Tag.CMP,
        "<=",
        "at most|no more than|not more than|maximum of|a maximum of|up to|less than or equal to|not over|not above|not exceeding|does not exceed|no greater than|no higher than|is at most|are at most|was at most|had at most|have at most|with at most|equal to or less than|less or equal to",
    ),
    (Tag.CMP, "=", "exactly|exactly equal to|equal to exactly|precisely"),
    (Tag.CMP, "!=", "not equal to|different from|does not equal|unequal to"),
    (
        Tag.CMP_AFTER,
        ">=",
        "or more|or above|or higher|or greater|or over|and above|and over|and up|or larger|plus|and more|or older|and older|or longer|at least",
    ),
    (
        Tag.CMP_AFTER,
        "<=",
        "or less|or fewer|or below|or under|or lower|and below|and under|or smaller|or younger|at most|or shorter",
    ),
    (
        Tag.BETWEEN,
        "",
        "between|in between|ranging from|in the range of|in the range|ranges from|range from|from between|is between|are between|was between|were between|in the range between|somewhere between",
    ),
    (
        Tag.COMPARE,
        "",
        "vs|versus|compare|compared|comparing|comparison|comparison of|compare to|compared to|compared with|compare with|in comparison to|against|relative to|difference between|the difference between|difference|differ|differs|differences between|gap between|as compared to|as opposed to|stack up against|stack up|side by side|comparison between|comparison by|comparing to|than|as against|in comparison with|vis a vis",
    ),
    (
        Tag.POP,
        "",
        "period over period|pop|vs previous period|vs prior period|compared to previous period|compared to the previous period|versus previous period|versus the previous period|compared with the previous period|versus prior period|vs the previous period|compared to prior period|from the previous period|over the previous period|vs last period|sequential|over the prior period|compared to the prior period|previous period|prior period|the previous period",
    ),
    (
        Tag.YOY,
        "",
        "year over year|yoy|year on year|year-over-year|vs same period last year|compared to same period last year|compared to the same period last year|vs the same period last year|versus the same period last year|with the same period last year|versus same period last year|compared to a year ago|vs a year ago|than a year ago|compared with a year ago|y o y|from a year ago|from a year earlier|compared with the same period last year|over last year|year to year|against the same period last year|than the same period last year|vs the same time last year|compared to the same time last year|compared to this time last year|from the year before|versus the year before|compared to the year before",
    ),
    (
        Tag.GROWTH,
        "rate",
        "growth rate|rate of growth|growth|percent growth|percentage growth|percent change|percentage change|% change|% growth|rate of change|rate of increase|growth percentage|growth percent|percent increase|percentage increase|percent decrease|percentage decrease|rate of decline|growth in|growth of|change rate|change percentage|decline rate",
    ),
    (
        Tag.GROWTH,
        "change",
        "change|changes|change in|change of|changed|difference from|absolute change|increase in|decrease in|absolute growth|net change|delta|variance|variation|change from|changes in|movement",
    ),
    (
        Tag.GREW,
        "up",
        "grew|grow|increased|increase|rose|rise|risen|went up|go up|gained|growing|increasing|rising|improved|improve|improving|up|climbed|is up|are up|positive growth|with growth|increases",
    ),
    (
        Tag.GREW,
        "down",
        "declined|decline|decreased|decrease|dropped|drop|fell|fall|fallen|went down|go down|shrank|shrink|lost|declining|decreasing|falling|dropping|shrinking|down|is down|are down|negative growth|decreases|worsened|slipped|slid|tumbled|plunged",
    ),
    (
        Tag.GROW_MOST,
        "up",
        "fastest growing|fastest growth|grew the most|grew fastest|grew the fastest|highest growth|largest increase|biggest increase|increased the most|rose the most|largest growth|"
        "biggest growth|highest growth rate|greatest increase|improved the most|most growth|growing fastest|growing the fastest|growing the most|most improved|greatest growth|strongest growth|gained the most|biggest gain|biggest gains|"
        "largest absolute increase|biggest absolute increase|highest absolute increase|greatest absolute increase|"
        "highest increase|largest gain|biggest jump|largest jump|grow the most|grow fastest|grow the fastest|biggest improvement|best growth|fastest-growing|most increase|went up the most|increase the most",
    ),
    (
        Tag.GROW_MOST,
        "down",
        "fastest declining|dropped the most|declined the most|fell the most|decreased the most|biggest drop|largest drop|biggest decline|largest decline|largest decrease|biggest decrease|"
        "greatest decline|greatest decrease|fastest decline|lowest growth|lowest growth rate|slowest growing|grew the least|steepest decline|most decline|fastest falling|shrank the most|lost the most|biggest loss|declining fastest|declining the most|falling fastest|falling the most|"
        "largest absolute decrease|biggest absolute decrease|largest absolute decline|biggest absolute decline|"
        "slowest growth|sharpest decline|sharpest drop|worst growth|largest fall|biggest fall|decline the most|drop the most|fall the most|went down the most|weakest growth|worst decline|steepest drop|greatest drop",
    ),
    (
        Tag.AVERAGE_PER,
        "day",
        "daily average|average daily|average per day|per day on average|mean daily|average by day|avg daily|avg per day|per day average|mean per day|average each day|average a day|a day on average|on an average day",
    ),
    (
        Tag.AVERAGE_PER,
        "week",
        "weekly average|average weekly|average per week|per week on average|avg weekly|avg per week|mean weekly|a week on average|average a week",
    ),
    (
        Tag.AVERAGE_PER,
        "month",
        "monthly average|average monthly|average per month|per month on average|avg monthly|avg per month|mean monthly|a month on average|average a month",
    ),
    (
        Tag.AVERAGE_PER,
        "quarter",
        "quarterly average|average quarterly|average per quarter|per quarter on average",
    ),
    (
        Tag.AVERAGE_PER,
        "year",
        "yearly average|average yearly|average per year|per year on average|annual average|average annual|average annually",
    ),
    (
        Tag.RUNNING,
        "",
        "cumulative|running total|running total of|running sum|running sum of|cumulative total|cumulative sum|cumulative sum of|accumulated|accumulative|cumulated|cumulative total of|cumulation",
    ),
    (
        Tag.MOVING,
        "mean",
        "moving average|rolling average|moving mean|rolling mean|moving avg|rolling avg|moving average of|rolling average of|smoothed",
    ),
    (Tag.MOVING, "sum", "moving sum|rolling sum|rolling total|moving total"),
    (Tag.EACH, "", "respectively|separately|individually|side by side|each of them|one by one|each"),
    (
        Tag.CHART,
        "line",
        "line chart|as a line chart|line graph|as a line|as line|as a line graph|in a line chart|as line chart|in line chart|using a line chart|with a line chart|lines",
    ),
    (Tag.CHART, "map", "map|as a map|on a map|map chart|map view|as map|geographical map"),
    (
        Tag.CHART,
        "bar",
        "bar chart|as a bar chart|bar graph|column chart|as bars|as a bar|histogram|as a column chart|in a bar chart|as bar chart|as a bar graph|as columns|using a bar chart|with a bar chart|bars",
    ),
    (
        Tag.CHART,
        "pie",
        "pie chart|as a pie chart|as a pie|donut|donut chart|as a donut|doughnut|as pie|in a pie chart|as pie chart|doughnut chart|using a pie chart|with a pie chart",
    ),
    (
        Tag.CHART,
        "table",
        "as a table|in a table|as table|table|in table form|in tabular form|as a grid|table form|tabular",
    ),
    (
        Tag.CHART,
        "area",
        "area chart|as an area chart|area graph|stacked area|as area|in an area chart|as an area",
    ),
    (
        Tag.META_METRICS,
        "",
        "metrics|kpis|measures|which metrics|what metrics|available metrics|all metrics|what kpis|which kpis|what measures|metric|kpi|measure",
    ),
    (
        Tag.META_DIMENSIONS,
        "",
        "dimensions|what dimensions|which dimensions|available dimensions|fields|attributes|what fields|which fields",
    ),
    (
        Tag.DEFINITION,
        "",
        "definition|definition of|define|how is calculated|calculated|how do you calculate|how do we calculate|how do you define|defined|how is defined|mean by|formula|formula for|formula of|what does|what is meant by|meaning of|meaning|what is the definition of|how is computed|computed|how do you compute|how do we define|how is measured|measured|what is the formula for|explain how|how's calculated",
    ),
    (
        Tag.FRESHNESS,
        "",
        "data up to date|up to date|last updated|last update|last refreshed|latest data|most recent data|how fresh|how fresh is the data|data freshness|when was the data|how recent|how recent is the data|how current|data through|data as of|how up to date|when were the data|refreshed|last refresh|how old is the data|updated|data available|what date is the data|data range|how far back does the data go|how far back|latest date|how up to date is the data|when was the data last updated|what date range does the data cover",
    ),
    (
        Tag.HELP,
        "",
        "help|what can you do|what can i ask|how do you work|what can you answer|what do you do|what questions can i ask|what can i ask you|how can you help|what can you help|how does this work|help me|what are you able to do|what kind of questions can i ask",
    ),
    (
        Tag.INTENT,
        "why",
        "why|why did|why is|why are|why has|why was|why does|why do|reason for|reasons for|the reason|reason|reasons|cause of|what caused|cause|causes|caused|what drove|driver of|drivers of|what is driving|what's driving|what explains|explain|root cause|due to what|what led to|explain why|key drivers|driving factors|what drives|drivers|factors|what factors|what made|what is behind|what's behind|what happened to|change attribution",
    ),
    (
        Tag.INTENT,
        "forecast",
        "forecast|predict|prediction|projected|projection|expected|expect|estimate for next|forecasted|forecasts|will be|project|outlook|going to be|predicted|future|what will|how much will|how many will|predictions",
    ),
    (
        Tag.INTENT,
        "anomaly",
        "anomaly|anomalies|outlier|outliers|unusual|abnormal|anomalous|anomaly detection|strange|suspicious|unexpected|spike|spikes|detect anomalies",
    ),
    (
        Tag.INTENT,
        "funnel",
        "funnel|conversion funnel|drop off|drop-off|dropoff|funnel analysis|funnel steps|where do users drop|abandon",
    ),
    (
        Tag.INTENT,
        "attribution",
        "attribution|channel attribution|first touch|last touch|multi touch|attribution model|first click|last click|attribution models|markov attribution|shapley|attributed to touchpoints|touchpoint attribution",
    ),
    (
        Tag.INTENT,
        "retention",
        "retention|retention rate|cohort|cohorts|cohort analysis|retention curve|retained|retention by cohort|churn|cohort retention",
    ),
    (Tag.INTENT, "churn_rate", "churn rate|rate of churn|churn rates|attrition rate|customer churn rate"),
    (
        Tag.INTENT,
        "rfm",
        "rfm|customer segmentation|rfm segments|segment our customers|segment customers|rfm analysis|rfm segmentation",
    ),
    (Tag.INTENT, "ltv", "ltv|clv|lifetime value|customer lifetime value|cltv|life time value"),
    (
        Tag.INTENT,
        "experiment",
        "ab test|a/b test|experiment|experiments|statistically significant|significant|significance|split test|test result|test results|did variant|lift|uplift|winning variant",
    ),
    (
        Tag.INTENT,
        "basket",
        "basket analysis|market basket|bought together|frequently bought together|cross sell|cross-sell|association rules|purchased together|basket|product affinity|affinity",
    ),
    (
        Tag.INTENT,
        "sentiment",
        "sentiment|sentiment analysis|review topics|complain about|complaints about|opinion|what do customers say|complaining about|saying about|review sentiment|complaining",
    ),
    (
        Tag.INTENT,
        "budget",
        "budget allocation|allocate budget|allocate the budget|budget|reallocate|optimal budget|how should we spend|allocate our budget|shift budget|optimize budget|spend allocation|budget mix",
    ),
    (
        Tag.INTENT,
        "spend_response",
        "marginal return|marginal returns|marginal roi|marginal roas|saturation|saturated|diminishing returns|response curve|worth spending more on|worth spending more|spend response",
    ),
    (
        Tag.INTENT,
        "promotion",
        "incremental effect|incremental effect of|incrementality|bought anyway|promotion incrementality",
    ),
    (Tag.INTENT, "before_after", "before and after|before/after|before vs after"),
    (
        Tag.INTENT,
        "target",
        "target|targets|on track|goal|goals|against target|vs target|target progress|attainment|target attainment|hit our target|progress to target|quota|on target|versus target|reach our target|meet our target",
    ),
    (
        Tag.NEVER,
        "",
        "never|no|haven't|hasn't|have not|has not|did not|didn't|have no|had no|has no|with no|do not have|does not have|don't have|without any|not any|zero|doesn't have|do not have any|did not have any|did not have|without|not had|have never|has never|had never|were never|was never",
    ),
    (
        Tag.HAD,
        "",
        "had|have had|has had|with any|had any|have any|has any|at least one|that had|who had|with at least one",
    ),
    (
        Tag.VERB,
        "",
        "bought|buy|buys|buying|purchased|purchase|purchases|purchasing|sold|sell|sells|selling|ordered|ordering|placed|"
        "departing|departing from|leaving from|arriving|arriving at|arriving in|headed to|bound for|spent|spend|spends|spending|paid|pay|pays|paying|earn|earns|earning|shipped|ship|brought|bring|brings|transacted|"
        "visited|visit|shopped|shop|consume|consumed|booked|signed|signed up|submitted|created|received|best selling|"
        "selling best|sell best|sells best|sold best|top selling|worst selling|most sold|best seller|best sellers|"
        "bestselling|bestseller|receive|receives|receiving|send|sends|sending|sent|host|hosted|serve|served|"
        "log|logged|collect|collected|take in|took in|rake in|raked in|pull in|pulled in|issue|issued|run up|cost us|incur|incurred|file|filed|delivered|deliver|submit|welcome|welcomed",
    ),
    (
        Tag.FOLLOW,
        "",
        "what about|how about|and|and for|and by|and in|now|now by|now show|instead|same for|same|the same for|then|also|and what about|switch to|change to|make it|show it|show that|and then|what of|only|show it as|now only|now for|do the same for|repeat for|the same|same thing|same thing for|same thing but for|the same thing for|the same but for|same but for|but for|same question for|ditto for|do that for|now do|show it by|again for",
    ),
    (
        Tag.CORRECT,
        "",
        "no|i meant|no i meant|i mean|not that|that's wrong|wrong|actually|actually i meant|sorry|i said|i was asking about|i asked for|rather|no i want|no i wanted|that is wrong|i want instead",
    ),
)
